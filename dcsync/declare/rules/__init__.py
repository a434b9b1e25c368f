"""House rules: a JSON Schema that each connector must comply with.

A pull request may bring the rules as well as what they are about, so neither is trusted: nothing is
fetched, and the work is bounded whatever they say.
"""
