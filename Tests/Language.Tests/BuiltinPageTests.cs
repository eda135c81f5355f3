using System.Text;
using ProbNet.Language.Distributions;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests;

/// <summary>
/// <c>spec/builtins.md</c> has a row for every function there is, with its signature. With the environment variable PROBNET_ACCEPT=1 the tables are rewritten
/// instead of compared.
/// </summary>
public class BuiltinPageTests
{
    private static readonly string Page = Path.Combine(RepositoryFiles.Root, "spec", "builtins.md");

    private static readonly bool Accepts = Environment.GetEnvironmentVariable("PROBNET_ACCEPT") == "1";

    [Fact]
    public void Builtins_have_a_row_each() => Holds("builtins", Table(BuiltinTable.All.Where(b => Registry.Find(b.Name) is null).Select(b => (b.Name, string.Join(' ', b.Parameters), b.Signature, b.Doc))));

    [Fact]
    public void Distributions_have_a_row_each() => Holds("distributions", Table(Registry.All.Select(DistributionBuiltin.Of).Select(b => (b.Name, string.Join(' ', b.Parameters), b.Signature, b.Doc))));

    [Fact]
    public void Functions_of_the_library_have_a_row_each() => Holds("library", Modules.Library.Aggregate("", (text, module) =>
        $"{text}\nModule `{module.Module}`:\n\n| function | does |\n| --- | --- |\n" + string.Concat(module.Declarations.OfType<Declaration.Let>().Select(d => $"| `{Heading(d.Binding)}` | {Cell(d.Doc)} |\n"))).TrimStart('\n'));

    [Fact]
    public void Every_function_of_the_library_is_documented() =>
        Assert.All(Modules.Library.SelectMany(m => m.Declarations.OfType<Declaration.Let>()), d => Assert.NotEqual("", d.Doc));

    [Fact]
    public void Distributions_are_specified_by_a_row_with_their_arguments()
    {
        var rows = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "spec", "distributions.md")).Select(l => l.Split('|')).Where(cells => cells.Length > 6)
            .ToLookup(cells => cells[1].Trim().Trim('`'), cells => cells[2]);
        Assert.All(Registry.All, family =>
        {
            Assert.Single(rows[family.Name]);
            Assert.All(family.Parameters.Select(p => p.Name), parameter => Assert.Contains(parameter, rows[family.Name].Single(), StringComparison.Ordinal));
        });
    }

    private static string Table(IEnumerable<(string Name, string Parameters, string Signature, string Doc)> rows) =>
        "| function | type | does |\n| --- | --- | --- |\n" + string.Concat(rows.Select(r => $"| `{r.Name} {r.Parameters}` | `{Cell(r.Signature)}` | {Cell(r.Doc)} |\n"));

    private static string Heading(LetBinding binding) =>
        string.Join(' ', binding.Pattern.Names().Concat(binding.Parameters.Select(p => p.Pattern is Pattern.Variable v ? v.Name : "_")));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');

    // What stands between the marks <!-- name --> and <!-- end name -->.
    private static void Holds(string name, string table)
    {
        var text = File.ReadAllText(Page).ReplaceLineEndings("\n");
        var (open, close) = ($"<!-- {name} -->\n\n", $"\n<!-- end {name} -->");
        var (start, end) = (text.IndexOf(open, StringComparison.Ordinal) + open.Length, text.IndexOf(close, StringComparison.Ordinal));
        Assert.True(start >= open.Length && end >= start, $"spec/builtins.md has no marks for {name}");
        if (Accepts)
        {
            lock (Page) File.WriteAllText(Page, new StringBuilder(text).Remove(start, end - start).Insert(start, table).ToString());
            return;
        }
        Assert.Equal(table, text[start..end]);
    }
}
