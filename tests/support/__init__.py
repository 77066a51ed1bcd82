"""What the tests share: a stand-in for Slack, signed requests, conversations, a small fact base.

Belongs here: helpers that know nothing of a single test.  Does not belong here: assertions about wording.
"""
