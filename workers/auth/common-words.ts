const WORDS = `password passwort passw pass word secret admin administrator root user guest login welcome letmein let me in
open sesame qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm abc abcd abcdef iloveyou i love you lovely
love monkey dragon master superman batman spiderman football baseball basketball soccer hockey sunshine princess shadow
michael jordan jennifer jessica charlie thomas daniel andrew matthew joshua ashley amanda nicole anthony robert william
hunter killer trustno one whatever freedom computer internet samsung google facebook microsoft apple starwars pokemon
pepper ginger cookie summer winter spring autumn january february march april may june july august september october
november december monday tuesday wednesday thursday friday saturday sunday hello world test testing tester temp temporary
default changeme change me please access system server service support manager business company money bitcoin crypto ethereum
trading trader trade apex apextrade market markets broker stock stocks forex binance invest investor bull bear wallet
liverpool chelsea arsenal barcelona yankees cowboys ferrari porsche mercedes mustang corvette harley diamond silver golden
purple orange banana chocolate flower butterfly angel angels jesus christ heaven family forever mother father sister brother
baby girl boy lover sexy hottie fuck fucker fuckyou bitch asshole nothing something anything everything
blink eminem metallica nirvana slipknot matrix merlin gandalf phoenix thunder lightning rainbow tigger snoopy mickey minnie
the my your is a this that new old big me you for ever not so us it in on go get set now
mypassword yourpassword newpassword oldpassword`;

/** Words that guessing programs try first; passwords made of one or two of them, with digits and signs, are refused. */
export const COMMON_WORDS: ReadonlySet<string> = new Set(WORDS.split(/\s+/));
