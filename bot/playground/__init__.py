"""The bot in a browser with no Slack account: a stand-in for Slack, and a page that talks to it.

Belongs here: what imitates Slack, for the playground and for the tests alike.  Does not belong here:
anything that the bot needs in a real workspace; nothing outside this package, the command line and the
tests imports it.
"""
