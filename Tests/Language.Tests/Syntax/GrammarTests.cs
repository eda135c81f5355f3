using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

public class GrammarTests
{
    [Theory]
    // Constants.
    [InlineData("64", "64")]
    [InlineData("007", "7")]
    [InlineData("1.5", "1.5")]
    [InlineData("5.", "5.0")]
    [InlineData("1e-3", "0.001")]
    [InlineData("1E+2", "100.0")]
    [InlineData("2.5e1", "25.0")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("()", "unit")]
    [InlineData("\"a b\"", "\"a b\"")]
    [InlineData("\"\\\"\\\\\\n\\r\\t\\u0041\"", "\"\"\\\n\r\tA\"")]
    [InlineData("\"\uE000(*\"", "\"\uE000(*\"")]
    // Names and access.
    [InlineData("x'", "x'")]
    [InlineData("_x", "_x")]
    [InlineData("letter", "letter")]
    [InlineData("model", "model")]
    [InlineData("Priors.horseshoe", "Priors.horseshoe")]
    [InlineData("A.B.c.d", "(get A.B.c d)")]
    [InlineData("x.y.z", "(get (get x y) z)")]
    [InlineData("x.[0]", "(at x 0)")]
    [InlineData("x.[0].y.[1]", "(at (get (at x 0) y) 1)")]
    [InlineData("x.[*, i, ..]", "(at x * i *)")]
    [InlineData("x.[1 .. t - 2, 2 .., .. 3]", "(at x 1..(- t 2) 2.. ..3)")]
    [InlineData("x.[0..3]", "(at x 0..3)")]
    [InlineData("x.[z]", "(at x z)")]
    [InlineData("(f x).[0]", "(at (f x) 0)")]
    // Application.
    [InlineData("f x y", "(f x y)")]
    [InlineData("f (g x) y", "(f (g x) y)")]
    [InlineData("f x.[0] y.z", "(f (at x 0) (get y z))")]
    [InlineData("f(x)", "(f x)")]
    [InlineData("f(x).y", "(get (f x) y)")]
    [InlineData("g f(x) y", "(g (f x) y)")]
    [InlineData("f(x)(y) z", "(f x y z)")]
    [InlineData("(f x) y", "(f x y)")]
    [InlineData("f (a, b)", "(f (tuple a b))")]
    [InlineData("f () [] {}", "(f unit [] {})")]
    [InlineData("iid [2]", "(iid [2])")]
    [InlineData("x.[0] y", "((at x 0) y)")]
    // Minus, as in F#.
    [InlineData("f -1", "(f (neg 1))")]
    [InlineData("f -x.[0] y", "(f (neg (at x 0)) y)")]
    [InlineData("a - 1", "(- a 1)")]
    [InlineData("a-1", "(- a 1)")]
    [InlineData("a -\n    1", "(- a 1)")]
    [InlineData("1 -1", "(- 1 1)")]
    [InlineData("-f x", "(neg (f x))")]
    [InlineData("-1 - -x", "(- (neg 1) (neg x))")]
    [InlineData("--x", "(neg (neg x))")]
    [InlineData("2 ** -x", "(** 2 (neg x))")]
    [InlineData("(-x) ** 2", "(** (neg x) 2)")]
    [InlineData("-(x ** 2)", "(neg (** x 2))")]
    [InlineData("-x * y", "(* (neg x) y)")]
    [InlineData("not f x && b", "(&& (not (f x)) b)")]
    [InlineData("not not a = b", "(= (not (not a)) b)")]
    // Precedence, loosest first, and associativity.
    [InlineData("a |> f >> g", "(|> a (>> f g))")]
    [InlineData("f >> g >=> h", "(>=> (>> f g) h)")]
    [InlineData("f >=> g >> h", "(>> (>=> f g) h)")]
    [InlineData("a |> f |> g", "(|> (|> a f) g)")]
    [InlineData("a || b >> c", "(>> (|| a b) c)")]
    [InlineData("a || b && c || d", "(|| (|| a (&& b c)) d)")]
    [InlineData("a && b = c", "(&& a (= b c))")]
    [InlineData("a < b + c", "(< a (+ b c))")]
    [InlineData("a <= b <> c", "(<> (<= a b) c)")]
    [InlineData("a > b >= c", "(>= (> a b) c)")]
    [InlineData("a + b - c + d", "(+ (- (+ a b) c) d)")]
    [InlineData("a + b * c @ d / e", "(+ a (/ (@ (* b c) d) e))")]
    [InlineData("a * b ** c ** d", "(* a (** b (** c d)))")]
    [InlineData("a ** b * c", "(* (** a b) c)")]
    [InlineData("f x ** g y", "(** (f x) (g y))")]
    // Functions and choices.
    [InlineData("fun x -> x", "(fun (x) x)")]
    [InlineData("fun x _ (a, b) (y : real[n]) -> x", "(fun (x _ (tuple a b) y:real[n]) x)")]
    [InlineData("fun x -> fun y -> x + y", "(fun (x) (fun (y) (+ x y)))")]
    [InlineData("x |> fun y -> y |> g", "(|> x (fun (y) (|> y g)))")]
    [InlineData("(fun x -> x, 1)", "(fun (x) (tuple x 1))")]
    [InlineData("if a then b else c", "(if a b c)")]
    [InlineData("if a then b elif c then d else e", "(if a b (if c d e))")]
    [InlineData("if a then b else if c then d else e", "(if a b (if c d e))")]
    [InlineData("1 + if a then b else c + 2", "(+ 1 (if a b (+ c 2)))")]
    [InlineData("(if a then b else c) + 2", "(+ (if a b c) 2)")]
    // Collections.
    [InlineData("[1; 2; 3]", "[1 2 3]")]
    [InlineData("[1; 2;]", "[1 2]")]
    [InlineData("[fun x -> x; fun y -> y]", "[(fun (x) x) (fun (y) y)]")]
    [InlineData("(a, b, c)", "(tuple a b c)")]
    [InlineData("((a, b), c)", "(tuple (tuple a b) c)")]
    [InlineData("a, b", "(tuple a b)")]
    [InlineData("((a))", "a")]
    [InlineData("{ a = 1; b = f x }", "{a=1 b=(f x)}")]
    [InlineData("{ a = b = c; }", "{a=(= b c)}")]
    // Blocks.
    [InlineData("let a = 1 in a + 1", "(block (let a 1) (+ a 1))")]
    [InlineData("(let a = 1 in let b = a in b)", "(block (let a 1) (let b a) b)")]
    [InlineData("\n    let f x (a, _) = x\n    let p, q = f 1 2\n    f, p", "(block (let f x (tuple a _) x) (let (tuple p q) (f 1 2)) (tuple f p))")]
    [InlineData("f (let a = 1 in a) b", "(f (block (let a 1) a) b)")]
    // prob.
    [InlineData("prob { return 1 }", "(prob (return 1))")]
    [InlineData("prob { let! a, b = f x; do! observe a d; let c = a; return! g c }", "(prob (let! (tuple a b) (f x)) (do! (observe a d)) (let c a) (return! (g c)))")]
    [InlineData("prob { let! _ = f; return a, b }", "(prob (let! _ f) (return (tuple a b)))")]
    [InlineData("f prob { return 1 } x", "(f (prob (return 1)) x)")]
    [InlineData("prob{return 1}", "(prob (return 1))")]
    public void Expressions_group_as_specified(string text, string expected) => Assert.Equal(expected, Sexp.Of(Read.Expression(text)));

    [Theory]
    [InlineData("open Priors.Sparse", "(open Priors.Sparse)")]
    [InlineData("let x = 1", "(let x 1)")]
    [InlineData("let (a, b) = f 1", "(let (tuple a b) (f 1))")]
    [InlineData("let _ = 1", "(let _ 1)")]
    [InlineData("let f x (y : list[2]) ((a, b) : bool) (c) = x", "(let f x y:list[2] (tuple a b):bool c x)")]
    [InlineData("model m = x", "(model m [] () x)")]
    [InlineData("model m [n, k] = x", "(model m [n k] () x)")]
    [InlineData("model m[n] (x : real[n, 4], c : int<k + 1>[n], flag : bool) y (z) = x", "(model m [n] (x:real[n 4] c:int<(+ k 1)>[n] flag:bool y z) x)")]
    [InlineData("model m (x : real[(n + 2) / 2 * 3 - 1], n : int) = x", "(model m [] (x:real[(- (* (/ (+ n 2) 2) 3) 1)] n:int) x)")]
    [InlineData("guide g = normal", "(guide g normal)")]
    [InlineData("guide g = kronecker on \"*.w\", lowRank 5 on \"h1.*\", normal", "(guide g (on \"*.w\" kronecker) (on \"h1.*\" (lowRank 5)) normal)")]
    [InlineData("guide g = flow { layers = 2 } on \"z\"", "(guide g (on \"z\" (flow {layers=2})))")]
    [InlineData("guide q for vae (image : real[n, 784]) = prob { return image }", "(guide q for vae (image:real[n 784]) (prob (return image)))")]
    [InlineData("infer i = vi g { steps = 3 }", "(infer i (vi g {steps=3}))")]
    [InlineData("infer map = map {}", "(infer map (map {}))")]
    [InlineData("data d = csv \"f.csv\" { x = column \"x\" |> minmax; seed = 7 }", "(data d (csv \"f.csv\" {x=(|> (column \"x\") minmax) seed=7}))")]
    public void Declarations_of_each_kind(string text, string expected) => Assert.Equal(expected, Sexp.Of(Read.Declaration(text)));

    [Fact]
    public void Documentation_belongs_to_the_declaration_below()
    {
        var program = Read.Program("""
            /// About the module.
            module M

            // A remark.
            /// First line.
            ///
            ///   Indented.
            let a = 1 /// not this
            //// nor this
            let b = prob {
                /// nor this
                return 1
            }

            /// C
            // in between
            model c = b
            """);
        Assert.Equal("M", program.Module);
        Assert.Equal(["First line.\n\n  Indented.", "", "C"], program.Declarations.Select(d => d.Doc));
    }

    [Fact]
    public void Whether_layout_or_marks_separate_makes_no_difference()
    {
        var onLines = Read.Program("model m (x : real[n]) = prob {\n    let! a = normal 0.0 1.0\n    let b =\n        let c = a\n        c\n    return { d = a\n             e = [\n                 1\n                 2\n             ] }\n}\n");
        var inline = Read.Program("model m (x : real[n]) = prob { let! a = normal 0.0 1.0; let b = let c = a in c; return { d = a; e = [1; 2] } }");
        Assert.Equal(inline, onLines);
    }

    [Fact]
    public void Equality_ignores_places_but_not_content()
    {
        Assert.Equal(Read.Program("let a = f (x + 1)"), Read.Program("\n\nlet a =\n    f ( x+1 )"));
        Assert.Equal(Read.Program("let a = f (x + 1)").GetHashCode(), Read.Program("let a = (f (x+1))").GetHashCode());
        Assert.NotEqual(Read.Program("let a = x - y - z"), Read.Program("let a = x - (y - z)"));
        Assert.NotEqual(Read.Program("let a = x + y"), Read.Program("let a = x + z"));
        Assert.NotEqual(Read.Program("/// Doc\nlet a = x"), Read.Program("let a = x"));
    }
}
