"""What changed between two images, and whether it is worth a drive.

pair       may these two images be compared?
detect     which pixels changed, and how sure is it?
patches    which objects changed, which of them are worth keeping, and why not
classify   what the change looks like, with "unknown" as an answer
"""
