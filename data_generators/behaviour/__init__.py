"""What people do: when they come, what they buy, what they complain about, when they stay away."""
