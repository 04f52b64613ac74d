"""The course: lessons as data, what is to be done in them, and how far a student has come."""
