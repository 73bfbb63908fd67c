// The words of the appnet language. The lexer reads bytes, and every byte that is not ASCII as \u007F: such characters
// may stand in comments and quoted texts only, and come out as UNKNOWN elsewhere. Nothing is ever dropped in silence.
lexer grammar AppnetLexer;

POLICY : 'policy' ;
LIBRARY : 'library' ;
IMPORT : 'import' ;
HOST : 'host' ;
INTERFACE : 'interface' ;
SERVICE : 'service' ;
GROUP : 'group' ;
BOOLEAN : 'boolean' ;
DOMAIN : 'domain' ;
CONNECT : 'connect' ;
ACCEPT : 'accept' ;
FORWARD : 'forward' ;
TO : 'to' ;
FROM : 'from' ;
AT : 'at' ;
VIA : 'via' ;
AS : 'as' ;
AUDIT : 'audit' ;
IF : 'if' ;
ELSE : 'else' ;
NOT : 'not' ;
AND : 'and' ;
OR : 'or' ;
BOOL_TRUE : 'true' ;
BOOL_FALSE : 'false' ;
LABEL : 'label' ;
UNMATCHED : 'unmatched' ;
BASE : 'base' ;
INHERIT : 'inherit' ;
DENY : 'deny' ;
ENFORCE : 'enforce' ;
ALWAYS : 'always' ;
TEMPLATE : 'template' ;
USE : 'use' ;
ASSERT : 'assert' ;
ONLY : 'only' ;
CAN : 'can' ;
CANNOT : 'cannot' ;
EXCEPT : 'except' ;
ANY : 'any' ;
PROTOCOL : 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'sctp' | 'dccp' | 'udplite' | 'ip' ;

SEMICOLON : ';' ;
COMMA : ',' ;
EQUALS : '=' ;
LEFT_BRACE : '{' ;
RIGHT_BRACE : '}' ;
LEFT_PAREN : '(' ;
RIGHT_PAREN : ')' ;
SLASH : '/' ;
STAR : '*' ;
COLON : ':' ;
ARROW : '->' ;
MINUS : '-' ;
ANNOTATION_SIGN : '@' ;

// An address needs two colons, so that `icmp/3:1` stays a type and its code; a dotted number is an IPv4 address however
// many parts it has, and whether it is a good one is not the lexer's question.
ADDRESS
  : DIGIT+ ('.' DIGIT+)+
  | HEX* ':' HEX* ':' [0-9a-fA-F:]* (DIGIT+ ('.' DIGIT+)+)?
  ;
NUMBER : DIGIT+ ;
// `443x`, `10.0.0.`: one wrong word rather than two right ones.
BAD_NUMBER : DIGIT [0-9A-Za-z_.]* ;
// A dot or a hyphen stands between two parts only: `lan->"wan0"` is a name, an arrow and a text.
NAME : LETTER PART_CHARACTER* ([.-] PART_CHARACTER+)* ;
STRING : '"' ~["\r\n]* '"' ;
UNTERMINATED_STRING : '"' ~["\r\n]* ;

COMMENT : '#' ~[\n]* -> channel(HIDDEN) ;
SPACE : [ \t\r\n]+ -> skip ;
UNKNOWN : '\u007F'+ | . ;

fragment DIGIT : [0-9] ;
fragment HEX : [0-9a-fA-F] ;
fragment LETTER : [A-Za-z_] ;
fragment PART_CHARACTER : [A-Za-z0-9_] ;
