"""The judge's process: it runs the instructor's notebook once, and is forked for each submission, which it judges.

`server` is the process; `instructor_run` runs the instructor's notebook in it. `judge` judges one submission; it gets
student processes from the coordinator (`coordinator_client`). `cell_verdicts` and `failure_messages` turn what happened
into verdicts and messages.
"""
