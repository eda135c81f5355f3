using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ProbNet.Inference.Data;
using ProbNet.Language;

namespace ProbNet.Inference.Tests.Data;

/// <summary>Reading files into tables: every form of text file that is one, and a message with the line for every one that is not.</summary>
public sealed class CsvTests : IDisposable
{
    private static readonly CsvFormat Comma = new(",", true), Blank = new(" ", false);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CsvTable Read(string text, CsvFormat? format = null) => CsvReading.Read(new StringReader(text), "t.csv", format ?? Comma, default);

    private static Diagnostic Refused(Action read, string id)
    {
        var diagnostic = Assert.Single(Assert.Throws<DiagnosticException>(read).Diagnostics);
        Assert.Equal(id, diagnostic.Code.Id);
        return diagnostic;
    }

    private Diagnostic RefusedFile(string path, string id) => Refused(() => CsvReading.ReadFile(path, Comma, default), id);

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("a,b\r\n1,2\r\n3,4")]
    [InlineData("\uFEFFa,b\r1,2\r3,4\r")]
    [InlineData(" a , b \n1 ,\t2\n3,4\n\n\n")]
    [InlineData("\"a\",\"b\"\n\"1\",2\n3,\"4\"\n")]
    public void TheSameTableInManySpellings(string text)
    {
        var table = Read(text);
        Assert.Equal(["a", "b"], table.Header);
        Assert.Equal("1 2 3 4", string.Join(' ', from r in Enumerable.Range(0, 2) from c in Enumerable.Range(0, 2) select table.Cell(r, c)));
        Assert.Equal((2, 3), (table.Line(0), table.Line(1)));
    }

    [Fact]
    public void QuotedCellsHoldSeparatorsQuotesAndLineEnds()
    {
        var table = Read("a,b\n\"x,\"\"y\"\"\nz\",1\n2,3\n");
        Assert.Equal("x,\"y\"\nz", table.Cell(0, 0));
        Assert.Equal((2, 4), (table.Line(0), table.Line(1)));
    }

    [Fact]
    public void LinesAreCountedAsAPersonCountsThem()
    {
        var table = Read("\n\na,b\n\n1,2\n\n3,4\n");
        Assert.Equal((5, 7), (table.Line(0), table.Line(1)));
        Assert.Equal((1, 3), (Read("1,2\n\n3,4", new(",", false)).Line(0), Read("1,2\n\n3,4", new(",", false)).Line(1)));
    }

    [Fact]
    public void AnEmptyLineInATableOfOneColumnIsAnEmptyCell()
    {
        var table = Read("a\n1\n\n3\n\n\n");
        Assert.Equal(3, table.Rows);
        Assert.Equal(("", 3), (table.Cell(1, 0), table.Line(1)));
    }

    [Fact]
    public void ASingleBlankSeparatesByRunsOfBlanks()
    {
        var table = Read("  1.5\t2   3 \n4 5 6\n\n", Blank);
        Assert.Equal(3, table.Width);
        Assert.Equal("3", table.Cell(0, 2));
        Assert.Equal("4", table.Cell(1, 0));
    }

    [Fact]
    public void RaggedRowsAreNamedWithBothCounts()
    {
        Assert.Equal("t.csv, line 3: 3 fields, but the header has 2", Refused(() => Read("a,b\n1,2\n3,4,5\n"), "PN0614").Message);
        Assert.Equal("t.csv, line 4: 1 field, but the header has 2", Refused(() => Read("a,b\n1,2\n\n3\n"), "PN0614").Message);
        Assert.Equal("t.csv, line 2: 2 fields, but the first row has 3", Refused(() => Read("1 2 3\n4 5\n", Blank), "PN0614").Message);
    }

    [Fact]
    public void ARaggedRowUnderAHeaderOfOneCellSuggestsAnotherSeparator()
    {
        Assert.Contains("is the separator \";\"?", Refused(() => Read("a;b\n1,5;2,5\n"), "PN0614").Hint);
        Assert.Contains("begins \"3\"", Refused(() => Read("a,b\n3\n"), "PN0614").Hint);
    }

    [Fact]
    public void AnyTextIsATableOrADiagnostic()
    {
        var texts = Gen.Elements("a", "b", "1", "2.5", ",", ",", ";", "\"", "\n", "\n", "\r\n", "\r", " ", "\t", "\uFEFF", "é", "\0").ListOf().Select(string.Concat).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(4, 19), Prop.ForAll(texts, Gen.Elements(",", ";", " ").ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (text, separator, header) =>
        {
            try
            {
                var table = Read(text, new(separator, header));
                return table.Rows > 0 && Enumerable.Range(0, table.Rows).All(r => table.Cell(r, table.Width - 1) is not null && table.Line(r) >= 1)
                    && Enumerable.Range(1, table.Rows - 1).All(r => table.Line(r) > table.Line(r - 1));
            }
            catch (DiagnosticException)
            {
                return true;
            }
        }));
    }

    [Fact]
    public void EmptyFilesAreNamed()
    {
        Assert.Equal("t.csv is empty", Refused(() => Read(""), "PN0611").Message);
        Assert.Equal("t.csv is empty", Refused(() => Read("\uFEFF\n\n"), "PN0611").Message);
        Assert.Equal("t.csv has a header but no data rows", Refused(() => Read("a,b\n\n"), "PN0611").Message);
    }

    [Fact]
    public void DuplicateColumnsAreNamed()
    {
        Assert.Equal("t.csv, line 1: columns 0 and 2 (from 0) are both called 'a'", Refused(() => Read("a,b,a\n1,2,3\n"), "PN0612").Message);
        Assert.Contains("header = false", Refused(() => Read("1,2,1\n1,2,3\n"), "PN0612").Hint);
        Assert.Equal(3, Read("a,,\n1,2,3\n").Width); // unnamed columns are taken by position
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,\"4\n5,6\n", 3)]
    [InlineData("a,b\n1,2\"3\n", 2)]
    [InlineData("a,b\n\"1\"x,2\n", 2)]
    public void BadQuotesAreNamedWithTheirLine(string text, int line) => Assert.StartsWith($"t.csv, line {line}: ", Refused(() => Read(text), "PN0615").Message);

    [Fact]
    public void FilesThatCannotBeReadAreNamed()
    {
        Assert.Contains("is a directory", RefusedFile(_folder.Path, "PN0610").Message);
        _folder.Write("iris.csv", "a\n1\n");
        Assert.Equal("did you mean 'iris.csv'?", RefusedFile(_folder.File("irsi.csv"), "PN0610").Hint);
        Assert.Contains("no folder", RefusedFile(_folder.File("data/iris.csv"), "PN0610").Hint);
        File.WriteAllBytes(_folder.File("latin1.csv"), [.. "a\n"u8, 0xE9, (byte)'\n']);
        Assert.Contains("not UTF-8", RefusedFile(_folder.File("latin1.csv"), "PN0615").Message);
        File.WriteAllBytes(_folder.File("binary.csv"), [0x89, (byte)'P', 0, 1, 2, 0xFF]);
        RefusedFile(_folder.File("binary.csv"), "PN0615");
    }

    [Fact]
    public void Utf16WithAByteOrderMarkReads()
    {
        File.WriteAllText(_folder.File("u.csv"), "größe\n1\n", Encoding.Unicode);
        Assert.Equal(["größe"], CsvReading.ReadFile(_folder.File("u.csv"), Comma, default).Header);
    }

    [Fact]
    public void MissingColumnsSuggestTheNearestOrTheCause()
    {
        Assert.Equal("did you mean 'petal_length'?", Read("petal_length,petal_width\n1,2\n").Missing(new("petal_lenght", 0), default).Hint);
        Assert.Equal("known: 'a', 'b'", Read("a,b\n1,2\n").Missing(new("species", 0), default).Hint);
        Assert.Contains("header = false", Read("5.1,3.5\n4.9,3.0\n").Missing(new("a", 0), default).Hint);
        Assert.Contains("is the separator \";\"?", Read("a;b\n1;2\n").Missing(new("a", 0), default).Hint);
        Assert.Contains("is the separator \"\\t\"?", Read("a\tb\n1\t2\n").Missing(new("a", 0), default).Hint);
        Assert.Contains("there are 2", Read("a,b\n1,2\n").Missing(new(null, 2), default).Hint);
        Assert.Equal("t.csv has no column 2", Read("a,b\n1,2\n").Missing(new(null, 2), default).Message);
    }
}
