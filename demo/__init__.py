"""`make demo`: dcsync's whole story on real sockets, against the embedded cloud."""
