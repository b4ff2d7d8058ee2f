"""What programs call, and how they are told to."""
