"""The microservice chassis: what every capability needs and none is about. No business word stands here."""
