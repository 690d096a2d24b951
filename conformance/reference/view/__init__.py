"""From a stored object to the JSON of an API version: eras, expansion, lists."""
