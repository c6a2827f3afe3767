import json
import sys

source, target, least = sys.argv[1:]
words = [word for word in open(source).read().split() if len(word) >= int(least)]
lines = open(source).read().count("\n")
print(f"{len(words)} words")
json.dump({"lines": lines, "words": len(words)}, open(target, "w"))
