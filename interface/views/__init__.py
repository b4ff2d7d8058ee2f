"""What visitors see, as HTML. The templates escape what they are given, so a file name is never markup."""
