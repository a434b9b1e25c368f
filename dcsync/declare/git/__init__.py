"""Files and revisions of a Git repository, read through `git`. Knows no YAML."""
