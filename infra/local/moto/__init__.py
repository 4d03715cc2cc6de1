"""The embedded cloud: moto, made correct under concurrency, bounded in memory and quick enough for a whole shop."""
