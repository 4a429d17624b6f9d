"""One file a platform. Imported as `syndicate.adapters.<name>`, found through entry points."""

if __name__ != "syndicate.adapters":
    raise ImportError("this folder is the package `syndicate.adapters`; import it by that name")
