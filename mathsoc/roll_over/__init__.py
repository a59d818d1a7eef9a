"""The school year turns: once a year everybody moves up, after a look at what that changes."""
