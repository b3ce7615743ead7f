"""Rules turned round: where does which answer hold, and how far is the next one.

The judge answers for a site. Here its question is turned round: land is cut along
every border at which an answer can change, and the judge is asked about one point of
each face. Geometry draws the borders; what they mean is said by the judge alone, so a
map of the land cannot say anything else than a review.

    edges <-- faces <-- ask <-- part
                            <-- move
                            <-- along
                                      <-- help
"""
