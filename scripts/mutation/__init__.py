"""Damaged files, judged by a second count: the parts of `scripts/mutate.py`.

census_text, census_bytes   what a damaged file holds, by parsers of their own
seeds                       sound files of every format
damage                      small ways to spoil a file
judge                       what became of a damaged file, and whether in silence
"""
