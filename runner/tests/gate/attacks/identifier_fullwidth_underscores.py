# rule: syntax
position = ().＿＿class＿＿
