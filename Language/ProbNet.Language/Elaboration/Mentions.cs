using ProbNet.Graph;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Elaboration;

/// <summary>The names that occur in declarations.</summary>
internal static class Mentions
{
    /// <summary>All names in a declaration's expressions and types, with their places. Walks with a stack of its own.</summary>
    public static IEnumerable<Name> Names(Declaration declaration) => Names(AstWalk.Expressions(declaration));

    /// <summary>All names in an expression, with their places.</summary>
    public static IEnumerable<Name> Names(Expr expression) => Names([expression]);

    private static IEnumerable<Name> Names(IEnumerable<Expr> expressions)
    {
        var waiting = new Stack<Expr>(expressions);
        while (waiting.TryPop(out var next))
        {
            if (next is Name name) yield return name;
            foreach (var child in AstWalk.Children(next)) waiting.Push(child);
        }
    }

    /// <summary>The modules that a declaration's qualified names refer to.</summary>
    public static IEnumerable<(string Module, SourceSpan Span)> Modules(Declaration declaration) =>
        declaration is Declaration.Let or Declaration.Model or Declaration.GuideProgram
            ? Names(declaration).Where(n => n.Identifier.LastIndexOf('.') > 0).Select(n => (n.Identifier[..n.Identifier.LastIndexOf('.')], n.Span))
            : [];

    /// <summary>
    /// Of some definitions in source order those that a declaration may need, directly or through others; <c>open</c>s are always kept. A check of many
    /// models then costs what the models use, not the product of models and definitions.
    /// </summary>
    public sealed class Index
    {
        private readonly EqArray<Declaration> _definitions;
        private readonly Dictionary<string, List<int>> _defining = [];
        private readonly string[][] _mentioned;
        private readonly List<int> _opens = [];

        public Index(EqArray<Declaration> definitions)
        {
            _definitions = definitions;
            _mentioned = new string[definitions.Count][];
            for (var i = 0; i < definitions.Count; i++)
            {
                _mentioned[i] = Distinct(definitions[i]);
                if (definitions[i] is Declaration.Open) _opens.Add(i);
                if (definitions[i] is not Declaration.Let { Binding.Pattern: var pattern }) continue;
                foreach (var name in pattern.Names())
                {
                    if (!_defining.TryGetValue(name, out var places)) _defining[name] = places = [];
                    places.Add(i);
                }
            }
        }

        /// <summary>The definitions above a declaration that it may need.</summary>
        public EqArray<Declaration> NeededBy(Declaration declaration)
        {
            var needed = new SortedSet<int>();
            var waiting = new Stack<string>(Distinct(declaration));
            var seen = new HashSet<string>();
            while (waiting.TryPop(out var name))
            {
                if (!seen.Add(name) || !_defining.TryGetValue(name, out var places)) continue;
                foreach (var place in places)
                {
                    if (_definitions[place].Span.Start >= declaration.Span.Start || !needed.Add(place)) continue;
                    foreach (var other in _mentioned[place]) waiting.Push(other);
                }
            }
            foreach (var open in _opens.TakeWhile(i => _definitions[i].Span.Start < declaration.Span.Start)) needed.Add(open);
            return needed.Select(i => _definitions[i]).ToEqArray();
        }

        private static string[] Distinct(Declaration declaration) => [.. Names(declaration).Select(n => n.Identifier).Distinct()];
    }
}
