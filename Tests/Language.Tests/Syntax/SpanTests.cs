using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

public class SpanTests
{
    private static string Text(SourceSpan span) => span.Source!.Text.Substring(span.Start, span.Length);

    private static IEnumerable<Expr> All(Expr e) => AstWalk.Children(e).SelectMany(All).Prepend(e);

    [Fact]
    public void Each_node_covers_its_own_text()
    {
        const string Source = """
            model m [n] (x : real[n, k + 1]) = prob {
                let! h = f  x.[0, 1 .. 2] // note
                         |> g
                let p, _ = (a (* b *) + -1.5)
                return if c then fun y -> y.z else { u = "s"; v = [1
                                                                   2] }
            }
            """;
        var model = Assert.IsType<Declaration.Model>(Read.Declaration(Source));
        Assert.Equal(Source, Text(model.Span));
        Assert.Equal("m", Text(model.NameSpan));
        Assert.Equal("real[n, k + 1]", Text(model.Parameters[0].Type!.Span));
        var prob = Assert.IsType<Prob>(model.Body);
        Assert.Equal(["let! h = f  x.[0, 1 .. 2] // note\n             |> g", "let p, _ = (a (* b *) + -1.5)", "return if c then fun y -> y.z else { u = \"s\"; v = [1\n                                                       2] }"], prob.Statements.Select(s => Text(s.Span)));
        string[] expected =
        [
            "f  x.[0, 1 .. 2] // note\n             |> g", "f  x.[0, 1 .. 2]", "f", "x.[0, 1 .. 2]", "x", "0", "1", "2", "g", "(a (* b *) + -1.5)", "a", "-1.5", "1.5",
            "if c then fun y -> y.z else { u = \"s\"; v = [1\n                                                       2] }", "c", "fun y -> y.z", "y.z", "y",
            "{ u = \"s\"; v = [1\n                                                       2] }", "\"s\"", "[1\n                                                       2]", "1", "2",
        ];
        Assert.Equal(expected, All(prob).Skip(1).Select(e => Text(e.Span)));
        var pipe = Assert.IsType<Binary>(Assert.IsType<Statement.LetBang>(prob.Statements[0]).Value);
        Assert.Equal("|>", Text(pipe.OperatorSpan));
        var pattern = Assert.IsType<Pattern.Tuple>(Assert.IsType<Statement.Let>(prob.Statements[1]).Binding.Pattern);
        Assert.Equal(["p, _", "p", "_"], [Text(pattern.Span), Text(pattern.Items[0].Span), Text(pattern.Items[1].Span)]);
    }

    [Fact]
    public void Names_of_fields_clauses_and_dimensions_have_places()
    {
        var infer = Assert.IsType<Declaration.Infer>(Read.Declaration("infer i = vi q { steps = 3 }"));
        var record = Assert.IsType<RecordLiteral>(Assert.IsType<Apply>(infer.Algorithm).Arguments[1]);
        Assert.Equal("steps", Text(record.Fields[0].NameSpan));
        var guide = Assert.IsType<Declaration.Guide>(Read.Declaration("guide g = a 1 on \"x\", b"));
        Assert.Equal(["a 1 on \"x\"", "b"], guide.Clauses.Select(c => Text(c.Span)));
        Assert.Equal("M", Text(Read.Declaration("open M").NameSpan));
    }

    [Fact]
    public void Printed_and_read_again_every_node_has_a_place_inside_its_parent()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var read = Read.Program(AstPrinter.Print(new AstGenerator(new Random(seed)).Program()));
            foreach (var declaration in read.Declarations)
            {
                foreach (var root in AstWalk.Expressions(declaration)) Inside(root, declaration.Span);
            }
        }

        static void Inside(Expr e, SourceSpan parent)
        {
            Assert.True(e.Span.Source is not null && e.Span.Length > 0 && e.Span.Start >= parent.Start && e.Span.End <= parent.End, $"{Text(e.Span)} in {Text(parent)}");
            foreach (var child in AstWalk.Children(e)) Inside(child, e.Span);
        }
    }
}
