"""Web: the app in a browser. textual-serve serves the page; each page that is opened is a process of its own."""
