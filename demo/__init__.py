"""`make demo`: from a file to verified deliveries, on real sockets, against the embedded cloud."""
