"""Which channel a visit comes through: the first rule that holds says so.

arrivals: what a visit came with; matching: rules over arrivals; channel_of is all that who tracks has to know.
"""
