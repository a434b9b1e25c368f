"""A team's own rules: a JSON Schema over each connector as it will be.

A pull request may bring the rules as well as what they are about, so neither is trusted: nothing is
fetched, and the work is bounded whatever they say.
"""
