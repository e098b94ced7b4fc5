# rule: syntax
def strategy(data):
 for a in data:
  for a in data:
   for a in data:
    for a in data:
     for a in data:
      for a in data:
       for a in data:
        for a in data:
         for a in data:
          for a in data:
           for a in data:
            for a in data:
             for a in data:
              for a in data:
               for a in data:
                for a in data:
                 for a in data:
                  for a in data:
                   for a in data:
                    for a in data:
                     for a in data:
                      for a in data:
                       for a in data:
                        for a in data:
                         pass
