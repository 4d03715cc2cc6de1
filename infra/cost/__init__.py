"""What the shop costs on AWS: the counted operations of its code, times traffic, times prices."""
