"""TeX commands that pages typeset: a list of what is let through, since TeX has commands that link, style and define.

Left out on purpose, though they only draw: what makes links within a page (``ref``), what moves or paints beyond its
own place (``rule``, ``raise``, ``colorbox``) and what defines other commands (``newcommand``).
"""

SHORTEST = 3
"""Letters of the shortest name that is looked up: none of one or two letters does more than write a sign."""

_GREEK = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda omicron varpi rho varrho
sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Sigma Upsilon Phi Psi Omega
varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega
"""
_LETTERS = (
    "aleph beth gimel daleth ell hbar hslash imath jmath eth wp complement infty partial nabla Bbbk Finv Game mho"
)
_OPERATORS = """
times div cdot ast star circ bullet cap cup uplus sqcap sqcup vee wedge lor land setminus smallsetminus amalg oplus
ominus otimes oslash odot bigcirc dagger ddagger dag ddag diamond wr triangleleft triangleright bigtriangleup
bigtriangledown ltimes rtimes leftthreetimes rightthreetimes barwedge veebar doublebarwedge intercal dotplus boxplus
boxminus boxtimes boxdot circledast circledcirc circleddash centerdot divideontimes curlyvee curlywedge Cap Cup sum
prod coprod int iint iiint iiiint idotsint oint smallint intop bigcap bigcup bigsqcup biguplus bigvee bigwedge bigodot
bigoplus bigotimes surd lnot neg forall exists nexists emptyset varnothing angle measuredangle sphericalangle triangle
prime backprime backslash flat natural sharp clubsuit diamondsuit heartsuit spadesuit square Box lozenge blacksquare
blacktriangle blacktriangledown blacklozenge bigstar checkmark maltese Diamond top bot
"""
_RELATIONS = """
leq geq neq leqq geqq leqslant geqslant lneq gneq lneqq gneqq lesssim gtrsim lessapprox gtrapprox lll ggg prec succ
preceq succeq preccurlyeq succcurlyeq precsim succsim precapprox succapprox nprec nsucc sim simeq approx approxeq cong
ncong nsim equiv doteq Doteq doteqdot asymp propto varpropto models perp mid nmid parallel nparallel shortmid
shortparallel bowtie Join smile frown dashv vdash Vdash vDash nvdash nvDash subset supset subseteq supseteq subseteqq
supseteqq subsetneq supsetneq subsetneqq supsetneqq nsubseteq nsupseteq Subset Supset sqsubset sqsupset sqsubseteq
sqsupseteq notin owns nless ngtr nleq ngeq nleqslant ngeqslant not triangleq circeq bumpeq Bumpeq eqcirc thicksim
thickapprox backsim backsimeq between pitchfork therefore because trianglelefteq trianglerighteq vartriangle
vartriangleleft vartriangleright lessgtr gtrless lessdot gtrdot multimap colon
"""
_ARROWS = """
leftarrow rightarrow gets uparrow downarrow updownarrow leftrightarrow Leftarrow Rightarrow Uparrow Downarrow
Updownarrow Leftrightarrow longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow
Longleftrightarrow mapsto longmapsto hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup
rightharpoondown leftrightharpoons rightleftharpoons nearrow searrow swarrow nwarrow nleftarrow nrightarrow nLeftarrow
nRightarrow nleftrightarrow nLeftrightarrow leftleftarrows rightrightarrows leftrightarrows rightleftarrows upuparrows
downdownarrows twoheadleftarrow twoheadrightarrow leftarrowtail rightarrowtail curvearrowleft curvearrowright
circlearrowleft circlearrowright rightsquigarrow leftrightsquigarrow leadsto implies impliedby iff dashleftarrow
dashrightarrow xleftarrow xrightarrow overrightarrow overleftarrow overleftrightarrow underrightarrow underleftarrow
underleftrightarrow Lleftarrow Rrightarrow
"""
_FUNCTIONS = """
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lim liminf limsup log max min Pr sec
sin sinh sup tan tanh injlim projlim varlimsup varliminf varinjlim varprojlim operatorname mod bmod pmod pod limits
nolimits
"""
_STRUCTURE = """
frac dfrac tfrac cfrac over atop choose binom dbinom tbinom brace brack genfrac sqrt root overline underline overbrace
underbrace overset underset stackrel substack sideset overparen underparen boxed cancel bcancel xcancel phantom
hphantom vphantom smash mathstrut strut begin end left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm
biggl biggr biggm Biggl Biggr Biggm lfloor rfloor lceil rceil langle rangle lbrace rbrace lbrack rbrack lvert rvert
lVert rVert vert Vert lgroup rgroup lmoustache rmoustache ulcorner urcorner llcorner lrcorner cases matrix pmatrix
bmatrix array eqalign displaylines hline hdashline hfill multicolumn tag notag nonumber label displaystyle textstyle
scriptstyle scriptscriptstyle mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner cdots dots ldots
vdots ddots dotsb dotsc dotsi dotsm dotso quad qquad enspace thinspace medspace thickspace negthinspace negmedspace
negthickspace hspace space nobreakspace newline
"""
_FONTS_AND_ACCENTS = """
text textrm textbf textit textsf texttt textnormal textup mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak
mathbb mathnormal boldsymbol bold pmb mbox hbox emph cal scr frak bbFont mit rm bf hat check breve acute grave tilde
bar vec dot ddot dddot ddddot widehat widetilde mathring color textcolor tiny small normalsize large Large LARGE huge
Huge scriptsize footnotesize degree copyright pounds yen circledR circledS dollar
"""
ALLOWED = frozenset(
    f"{_GREEK} {_LETTERS} {_OPERATORS} {_RELATIONS} {_ARROWS} {_FUNCTIONS} {_STRUCTURE} {_FONTS_AND_ACCENTS}".split()
)
