"""The panels of the main screen, one a file: each turns a snapshot into lines."""
