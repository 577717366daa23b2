// What attention works on: items of a batch, places of a sequence. Requires types.cuh.

// One block's work for one head: up to WARPS * WARP_Q queries of a sequence, and all its keys. The host writes the list once a batch, longest
// sequences first; it serves every layer. Starts are first rows of the sequence in the space of the queries and in that of the keys.
struct WorkItem
{
    int queryStart, queryLength, keyStart, keyLength;
    int firstQuery;  // a multiple of WARPS * WARP_Q below queryLength
    int unused[3];
};

// A query or a key: its position in its sequence, and its row in its space.
struct Place { int position, row; };
