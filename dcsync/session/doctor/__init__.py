"""What `doctor` looks at, each look in bounded time. Changes nothing."""
