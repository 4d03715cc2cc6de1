"""An OpenID issuer of the tests' own, and a catalogue of what an attacker would send instead of its tokens."""
