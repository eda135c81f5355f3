using System.Text;
using ProbNet.Language.Syntax;
using ProbNet.Language.Syntax.Formatting;
using ProbNet.Tests.Support;
using Xunit.Abstractions;

namespace ProbNet.Language.Tests.Syntax;

/// <summary>Formatting keeps meaning and comments, and has nothing to do the second time.</summary>
public sealed class FormatterTests(ITestOutputHelper output)
{
    [Fact]
    public void A_program_is_laid_out() => Assert.Equal(
        """
        module Demo // the module

        /// A layer.
        let layer units x = prob {
            // weights first
            let! w = normal 0.0 1.0 |> iid [features x; units]
            (* a block
                comment *)
            let! b = normal 0.0 -1.0 // why not
            return x.[*, 0] @ w + f(b) - 1
        }

        model m [n] (c : int<k>[n], x : real[n, 2 * d + 1]) = prob {
            let total =
                x.[0 .. 3]
                + 1.0
            return if total < 2.0 && not (c > 1) then 1 else 2
        }

        infer short  = vi { epochs = 1 }
        infer longer = vi { epochs = 2 } // two
        // the end

        """,
        Formatted(
        """


        module   Demo // the module

        /// A layer.
        let layer units x=prob {
              // weights first
              let! w = normal  0.0 1.0|>iid [features x;units]
              (* a block
                comment *)
              let! b=normal 0.0 -1.0 // why not
              return x.[ * ,0]@w+f( b )-1
              }



        model m [ n ] (c:int<k>[n],x:real[n,2*d+1])=prob {
          let total =
                x.[0..3]
                +1.0
          return if total<2.0&&not (c>1) then 1 else 2
        }

        infer short  = vi {epochs=1}
        infer longer = vi {epochs=2}   // two
        // the end
        """));

    [Fact]
    public void Operators_continue_bindings_and_comments_stay_inside_brackets() => Assert.Equal(
        """
        let g x =
            let a = x
                    + 1.0 // c1
            a * (* in *) 2.0
            // end of g
        let xs = [1.0 // one
                  2.0; 3.0 // three
                  // last
        ]

        """,
        Formatted(
        """
        let g   x =
                let a = x
                      + 1.0 // c1
                a * (* in *) 2.0
                // end of g
        let xs = [ 1.0   // one
                   2.0;3.0   // three
                 // last
                 ]
        """));

    [Fact]
    public void Line_ends_stay_as_they_are() => Assert.Equal("let a = 1\r\nlet b = 2\r\n", Formatted("let a=1  \r\nlet b =2"));

    [Fact]
    public void Programs_of_the_repository_keep_meaning_and_comments()
    {
        var files = RepositoryFiles.Below("Examples", ".prob").Concat(RepositoryFiles.Below("Language", ".prob")).Concat(RepositoryFiles.Below("Tests/Language.Tests/Corpus", ".prob")).ToList();
        if (SharedData.Find("samples/iris.prob") is { } sample) files.AddRange(Directory.GetFiles(Path.GetDirectoryName(sample)!, "*.prob"));
        else output.WriteLine("the samples are left out: there is no shared/samples beside the repository");
        var formatted = 0;
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            if (!Parser.Parse(new SourceText(file, text)).Diagnostics.IsEmpty) continue;
            Holds(text, file);
            formatted++;
        }
        Assert.True(formatted > 20, $"only {formatted} programs parse");
    }

    [Fact]
    public void Programs_of_examples_and_library_are_formatted()
    {
        foreach (var file in RepositoryFiles.Below("Examples", ".prob").Concat(RepositoryFiles.Below("Language", ".prob"))) Assert.Equal(File.ReadAllText(file), Formatted(File.ReadAllText(file)));
    }

    [Fact]
    public void Generated_programs_with_odd_blanks_and_comments_keep_meaning_and_comments()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var text = AstPrinter.Print(new AstGenerator(random).Program());
            Holds(Disturbed(text, random), $"seed {seed}");
        }
    }

    [Fact]
    public void A_program_that_does_not_parse_is_left_alone()
    {
        var (text, diagnostics) = Formatter.Format(new SourceText("m.prob", "model m = prob { let! x ="));
        Assert.Null(text);
        Assert.NotEmpty(diagnostics);
    }

    private static void Holds(string text, string what)
    {
        var once = Formatted(text);
        Assert.True(Parser.Parse(new SourceText("a", text)).Program.Equals(Parser.Parse(new SourceText("b", once)).Program), $"{what} has another meaning:\n{once}");
        Assert.Equal(CommentsOf(text), CommentsOf(once));
        Assert.True(once == Formatted(once), $"{what} changes again:\n{once}\n---\n{Formatted(once)}");
    }

    private static string Formatted(string text)
    {
        var (formatted, diagnostics) = Formatter.Format(new SourceText("m.prob", text));
        Assert.Empty(diagnostics);
        return formatted!;
    }

    private static List<string> CommentsOf(string text)
    {
        var source = new SourceText("m", text);
        return Comments.Of(source, Lexer.Tokens(source).Tokens).ConvertAll(c => string.Join('\n', c.Text.Split('\n').Select(l => l.Trim())));
    }

    // Comments and blanks where they change nothing: at line ends, on lines of their own, more blanks where there are some.
    private static string Disturbed(string text, Random random)
    {
        var result = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (random.Next(8) == 0) result.Append(new string(' ', random.Next(9))).Append("// note\n");
            if (random.Next(12) == 0) result.Append(new string(' ', random.Next(3))).Append('\n');
            result.Append(line);
            if (line.Length > 0 && !line.TrimStart().StartsWith("///", StringComparison.Ordinal) && random.Next(8) == 0) result.Append("  (* at the end *)   ");
            result.Append('\n');
        }
        return result.ToString();
    }
}
