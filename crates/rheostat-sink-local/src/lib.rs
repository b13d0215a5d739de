//! Sinks that need no network service: stdout, stderr, files, and sockets.
