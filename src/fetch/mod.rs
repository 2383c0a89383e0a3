//! What to read, in what order, and the tasks that read it.
