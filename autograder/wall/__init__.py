"""The wall: a judge and a student process that share nothing but a connection for plain data.

- The judge's end: `judge_end` sends requests (`request_reply`), with functions as source text (`callables`), and reads
  the answers (`read_answer`). `judge_objects`, `handles` and `gradients` are proxies for what stays with the student.
  `profile` says what a submission may do; `namespace` makes the student's names look like the test's own.
- The student's end: `student_end` reads a request (`read_request`), runs student code, and writes the answer
  (`write_answer`); `student_objects` keeps what the judge may refer to.
- Objects that a test hands over: `given` writes them, `read_request` makes them anew, `instances` carries changes back.
- Both ends: `channel` carries messages, `codec` and `values` turn values into plain data and back; `registry` finds the
  classes of `collection_values`, `numpy_values`, `pandas_values` and `scipy_values`.
"""
