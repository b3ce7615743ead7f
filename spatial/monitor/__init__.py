"""From patches of change to clues: what law and approvals say of them, and how urgent.

    clues      which zones, rules and approvals (spatial.permits) a patch meets
    priority   a score whose parts are shown

A clue is a lead for a check on the ground and never the ground of a penalty.
"""
