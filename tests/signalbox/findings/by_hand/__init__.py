"""Complete findings in recordings that are written out by hand: every word, every span, and near misses in each part.

What real code leads to them is beside this folder.
"""
