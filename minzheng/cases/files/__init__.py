"""The file of a case: is it complete, does it contradict itself, and the whole of it in the order in which it is bound.

What must be there is `policies/case_files.yaml`; `facts` reads what many cases hold, `checking` compares the two
(pure), `binding` prints the file."""
