"""HTTP/1.1 for the local cloud: whole requests in, whole responses out, every refusal a problem document."""
