"""Where may it be built: the land of a region, classed for one project.

project + workspace + day  ->  cut land  ->  judge a point of each face  ->  files
"""
