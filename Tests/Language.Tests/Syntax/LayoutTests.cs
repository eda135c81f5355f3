using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

public class LayoutTests
{
    // Virtual characters as < | >.
    private static string Lay(string text)
    {
        var (laid, diagnostics) = Layout.Of(new SourceText("test.prob", text));
        Assert.Empty(diagnostics);
        return string.Join("\n", laid.Chunks.Select(c => laid.Text[c.Start..c.End])).Replace(Virtual.Open, '<').Replace(Virtual.Separator, '|').Replace(Virtual.Close, '>');
    }

    [Theory]
    // Bodies.
    [InlineData("let f x = x", "let f x =<x>")]
    [InlineData("let f x =\n    x", "let f x =<x>")]
    [InlineData("let f x =\n    let y = x\n    y", "let f x =<let y =<x>|y>")]
    [InlineData("let f x = let a = 1\n          let b = 2\n          a", "let f x =<let a =<1>|let b =<2>|a>")]
    [InlineData("let a = 1\nlet b = 2", "let a =<1>\nlet b =<2>")]
    [InlineData("let a = let b = 1 in let c = 2 in b", "let a =<let b =<1>in let c =<2>in b>")]
    [InlineData("let a = let b = let c = 1 in c in b", "let a =<let b =<let c =<1>in c>in b>")]
    [InlineData("let a = let f = fun x -> x in f", "let a =<let f =<fun x -><x>>in f>")]
    // Continuation lines: deeper, or beginning with an infix operator.
    [InlineData("let y = f\n         x", "let y =<f x>")]
    [InlineData("let y = f\n    x", "let y =<f x>")]
    [InlineData("let y =\n    f\n        x", "let y =<f x>")]
    [InlineData("let y =\n    x\n    |> f\n    |> g", "let y =<x |> f |> g>")]
    [InlineData("let y = x\n        |> f", "let y =<x |> f>")]
    [InlineData("let y = x\n  |> f", "let y =<x |> f>")]
    [InlineData("let y =\n    1\n  + 2", "let y =<1 + 2>")]
    [InlineData("let y =\n    1 +\n    2", "let y =<1 + 2>")]
    [InlineData("let y =\n    f\n    -1", "let y =<f|-1>")]
    [InlineData("let y =\n    f\n    - 1", "let y =<f - 1>")]
    [InlineData("let y =\n    let a = x\n            |> f\n    a", "let y =<let a =<x |> f>|a>")]
    [InlineData("let y =\n    x\n    |> fun a -> a\n    |> g", "let y =<x |> fun a -><a>|> g>")]
    [InlineData("let y = x |> fun a -> a\n          |> g", "let y =<x |> fun a -><a>|> g>")]
    [InlineData("let y =\n    x |> fun a ->\n        a\n      |> g", "let y =<x |> fun a -><a |> g>>")]
    // Functions and choices.
    [InlineData("let f = fun x ->\n    let y = x\n    y", "let f =<fun x -><let y =<x>|y>>")]
    [InlineData("let f =\n    xs\n    |> map (fun x ->\n        let y = x\n        y)\n    |> g", "let f =<xs |> map (fun x -><let y =<x>|y>) |> g>")]
    [InlineData("let f = if a then b else c", "let f =<if a then<b>else<c>>")]
    [InlineData("let f =\n    if a then\n        b\n    elif c then\n        d\n    else\n        e", "let f =<if a then<b>elif c then<d>else<e>>")]
    [InlineData("let f =\n    if a\n    then b\n    else c", "let f =<if a then<b>else<c>>")]
    [InlineData("let f = if a then if b then 1 else 2 else 3", "let f =<if a then<if b then<1>else<2>>else<3>>")]
    // Brackets.
    [InlineData("let f = g (a +\n  b)", "let f =<g (a + b)>")]
    [InlineData("let f = g (a\nb)", null)]
    [InlineData("let f = [1; 2\n         3]", "let f =<[1; 2|3]>")]
    [InlineData("let f = [\n    1\n    2;\n    3\n]", "let f =<[ 1|2; 3 ]>")]
    [InlineData("let r = {\n    a = 1\n    b = f\n        2; c = 3\n}", "let r =<{ a = 1|b = f 2; c = 3 }>")]
    [InlineData("let r = { a = 1\n          b = 2 }", "let r =<{ a = 1|b = 2 }>")]
    [InlineData("let r = f { a = 1\n    b = 2 }", "let r =<f { a = 1|b = 2 }>")]
    [InlineData("let r = f { a = 1\n    b = g\n      2\n    c = 3 }", "let r =<f { a = 1|b = g 2|c = 3 }>")]
    [InlineData("let r = { f = fun x -> x; b = fun y -> y }", "let r =<{ f = fun x -><x>; b = fun y -><y>}>")]
    [InlineData("let r = (let a = 1\n         a)", "let r =<(<let a =<1>|a>)>")]
    // prob.
    [InlineData("let p = prob { let! x = a; return x }", "let p =<prob { let! x =<a>; return x }>")]
    [InlineData("let p = prob {\n    let! x = a\n    let y =\n        let z = x\n        z\n    return y\n}", "let p =<prob { let! x =<a>|let y =<let z =<x>|z>|return y }>")]
    [InlineData("let p = prob { let! x = a\n               return x }", "let p =<prob { let! x =<a>|return x }>")]
    [InlineData("let p = prob { let! x = a\n    return x }", "let p =<prob { let! x =<a>|return x }>")]
    [InlineData("let p = prob {\n    let! x =\n        a\n        |> b\n    return\n        x\n}", "let p =<prob { let! x =<a |> b>|return x }>")]
    // Guides.
    [InlineData("guide g =\n    a on \"x\",\n    b on \"y\"", "guide g =<a on \"x\", b on \"y\">")]
    // Comments and blanks vanish; what touches still touches.
    [InlineData("let a = // one\n    (* two (* three *)\n *) f(x) .[0]", "let a =<f(x) .[0]>")]
    [InlineData("let a = f (* x *)y", "let a =<f y>")]
    [InlineData("\uFEFFlet a = 1\r\nlet b =\r\n    2\r\n", "let a =<1>\nlet b =<2>")]
    [InlineData("  let a = 1\n  let b = 2", "let a =<1>\nlet b =<2>")]
    [InlineData("", "")]
    public void Lines_begin_continue_and_end(string text, string? laid)
    {
        if (laid is null) Assert.NotEmpty(Layout.Of(new SourceText("test.prob", text)).Diagnostics);
        else Assert.Equal(laid, Lay(text));
    }

    [Fact]
    public void Each_character_knows_its_place_in_the_source()
    {
        const string Text = "let a = (* note *) f  x\n\nlet b =\n    \"s p\"\n";
        var (laid, _) = Layout.Of(new SourceText("test.prob", Text));
        for (var i = 0; i < laid.Text.Length; i++)
        {
            if (Virtual.Is(laid.Text[i])) continue;
            Assert.Equal(laid.Text[i], Text[laid.Offset(i)]);
        }
        var f = laid.Text.IndexOf('f');
        var input = new LaidOutInput(laid, f, laid.Text.Length);
        Assert.Equal((Text.IndexOf('f'), 1, 20), (input.Position, input.Line, input.Column));
    }

    [Fact]
    public void Inputs_are_equal_at_equal_places()
    {
        var (laid, _) = Layout.Of(new SourceText("test.prob", "let a = 1"));
        var input = new LaidOutInput(laid, 0, laid.Text.Length);
        Assert.Equal(new LaidOutInput(laid, 1, laid.Text.Length), input.Advance());
        Assert.Equal(new LaidOutInput(laid, 4, laid.Text.Length), input.SkipTo(3));
        Assert.NotEqual(input, input.Advance());
        Assert.True(new LaidOutInput(laid, 2, 2).AtEnd);
        Assert.Throws<InvalidOperationException>(() => new LaidOutInput(laid, 2, 2).Advance());
    }
}
