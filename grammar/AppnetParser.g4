// The sentences of the appnet language. The grammar takes more than the language: which statement may stand where, and
// which kind of name, is said by sema, in better words than a parser has. One token of lookahead decides everywhere:
// keep it so, it is what makes the messages exact.
parser grammar AppnetParser;

options { tokenVocab = AppnetLexer; }

file : statements+=statement* EOF ;

statement
  : annotations+=annotation*
    ( header
    | importStatement
    | declaration
    | booleanDeclaration
    | domainBlock
    | ifBlock
    | labelBlock
    | unmatched
    | enforce
    | templateDeclaration
    | use
    | assertion
    | grant
    )
  ;

annotation : ANNOTATION_SIGN name=NAME LEFT_PAREN value=STRING RIGHT_PAREN ;

header : word=(POLICY | LIBRARY) name=NAME SEMICOLON ;
importStatement : IMPORT target=(NAME | STRING) SEMICOLON ;
declaration : word=(HOST | INTERFACE | SERVICE | GROUP) name=NAME EQUALS members=set SEMICOLON ;
booleanDeclaration : BOOLEAN name=NAME EQUALS value=(BOOL_TRUE | BOOL_FALSE) SEMICOLON ;
unmatched : UNMATCHED forward=FORWARD? chosen=(NAME | BASE | INHERIT | AUDIT | DENY) SEMICOLON ;
enforce : ENFORCE ALWAYS SEMICOLON ;

// Heads are rules of their own: after an error in one the parser goes on at its `{`.
block : LEFT_BRACE statements+=statement* RIGHT_BRACE ;
domainHead : DOMAIN domains=set ;
domainBlock : domainHead block ;
labelHead : LABEL type=NAME ;
labelBlock : labelHead block ;
ifHead : IF test=condition ;
ifBlock : ifHead thenBody=block (ELSE (elseIf=ifBlock | elseBody=block))? ;

templateHead : TEMPLATE name=NAME LEFT_PAREN (parameters+=parameter (COMMA parameters+=parameter)*)? RIGHT_PAREN ;
templateDeclaration : templateHead block ;
parameter : word=(DOMAIN | HOST | SERVICE | INTERFACE) name=NAME ;
use : USE name=NAME LEFT_PAREN (arguments+=argument (COMMA arguments+=argument)*)? RIGHT_PAREN SEMICOLON ;
// The commas belong to the argument list: a union as an argument stands in parentheses.
argument : kept=item (EXCEPT removed=item)? ;

condition : operands+=conjunction (OR operands+=conjunction)* ;
conjunction : operands+=negation (AND operands+=negation)* ;
negation
  : NOT negated=negation
  | LEFT_PAREN grouped=condition RIGHT_PAREN
  | constant=(BOOL_TRUE | BOOL_FALSE)
  | name=NAME
  ;

assertion : ASSERT only=ONLY? domains=set verb=(CAN | CANNOT) flow SEMICOLON ;
grant : audit=AUDIT? flow SEMICOLON ;
flow
  : word=CONNECT services=set (TO to=set)? (AT at=set)? (VIA via=set)?
  | word=ACCEPT services=set (FROM from=set)? (AT at=set)? (VIA via=set)?
  | word=FORWARD services=set (FROM from=set)? (TO to=set)? (VIA via=set ARROW viaOut=set)? (AS asType=NAME)?
  ;

set : items+=item (COMMA items+=item)* (EXCEPT removed+=item (COMMA removed+=item)*)? ;
item
  : any=ANY
  | name=(NAME | DOMAIN) (SLASH port)?  // refpolicy has an attribute `domain`
  | protocol=PROTOCOL SLASH port
  | address=ADDRESS (SLASH prefix=NUMBER | MINUS last=ADDRESS)?
  | quoted=STRING
  | LEFT_PAREN grouped=set RIGHT_PAREN
  ;
port
  : star=STAR
  | (first=NUMBER (MINUS last=NUMBER)? | first=NAME) (COLON code=NUMBER)?
  ;

// A sentence of `appnetc query`: `who can connect ...`, `mozilla_t can connect ...`, `what can mozilla_t connect`.
question : subject=set CAN (flow | object=set word=(CONNECT | ACCEPT | FORWARD)) SEMICOLON? EOF ;
