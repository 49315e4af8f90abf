"""The way a dossier walks (quy trình giải quyết): a tree of steps, each bound to a post."""
